/** The page on which people watch and steer agents at work. */
export { type ConsoleFile, consoleFiles } from './console-files.ts';
