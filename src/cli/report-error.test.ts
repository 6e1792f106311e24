import { describe, expect, it } from 'vitest';
import { DataError } from '../base/index.ts';
import { reportError } from './report-error.ts';
import { escapeControls } from './terminal.ts';

describe('text from elsewhere in a terminal', () => {
  it('commands nothing', () => {
    // Colour, a new title, a line written over, DEL, and an escape of the C1 block.
    expect(escapeControls('a\u001b[31mb\u001b]0;x\u0007c\rd\u007fe\u009bf')).toBe('a\\x1b[31mb\\x1b]0;x\\x07c\\x0dd\\x7fe\\x9bf');
    expect(escapeControls('lines\n\tand é, 日, 🙂')).toBe('lines\n\tand é, 日, 🙂');
  });

  it('is escaped in what an error quotes', () => {
    const lines: string[] = [];
    const error = new DataError({ operation: 'read x', got: '\u001b[2J', expected: 'text' });
    expect(reportError(error, (text) => lines.push(text))).toBe(1);
    expect(lines).toEqual(['read x: got \\x1b[2J, expected text.']);
  });
});
