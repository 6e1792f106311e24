/**
 * The frame of every report: one HTML file that needs nothing else. No request leaves the page: its policy allows only the one style and the one
 * script that it holds, by their hashes, so that outside text that became markup in spite of all escaping still could not run.
 */
import { createHash } from 'node:crypto';
import { type Content, html, type Markup, trusted } from './markup.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export function page(title: string, content: Content): Markup {
  const policy = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'`;
  // The policy's quotes are its own; nothing of it comes from outside.
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${trusted(policy)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${trusted(STYLE)}</style></head>
<body><main>${content}</main><script>${trusted(SCRIPT)}</script></body></html>
`;
}
