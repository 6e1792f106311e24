/** The command line's parts that recipes show their work with. */
export { watchOutput } from './broken-pipe.ts';
export { BASIC_COMMANDS, type Commands, runCommandLine } from './command-line.ts';
export { type FolderModel, loadFolderModel } from './model-folder.ts';
export { makeTokenizer, type NewTokenizerOptions } from './new-tokenizer.ts';
export { Options, UsageError } from './options.ts';
export { createReporter, formatSeconds, type Reporter, type ReporterOptions } from './progress.ts';
export { reportError } from './report-error.ts';
export { parseSeed } from './seed.ts';
export { type StopSignal, stopOnSignal } from './stop-signal.ts';
export { CLEAR_LINE, DIM, escapeControls, GREEN, painter, type Terminal, terminalOf } from './terminal.ts';
export { runTraining, type TrainingOutput } from './training.ts';
export { type SampleOptions, type Written, writeOn } from './write-on.ts';
