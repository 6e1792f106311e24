/**
 * Lists of options and what tells which one is right: the name at the head of the paper, its title, the currency of its amounts, a labelled value.
 *
 * Invariant: exactly one option agrees with the paper, and for a list with nothing to be done it is the one that is held.
 */
import type { Entry } from '../paper.ts';
import type { ListItem } from '../plan.ts';
import type { Universe } from '../universe.ts';
import { coinMark, makeCode } from '../values.ts';

export interface Choices {
  readonly lists: readonly ListItem[];
  /** Labelled values that some of the lists ask for. */
  readonly entries: readonly Entry[];
  /** As the paper prints it; null where no list asks for it. */
  readonly sender: string | null;
  readonly title: string | null;
}

type Kind = 'sender' | 'title' | 'mark' | 'code' | 'word';

export function makeChoices(universe: Universe, count: number): Choices {
  const { random } = universe;
  const kinds = random.shuffle<Kind>(['sender', 'sender', 'title', 'mark', 'code', 'word']).slice(0, count);
  const lists: ListItem[] = [];
  const entries: Entry[] = [];
  let sender: string | null = null;
  let title: string | null = null;
  let senderKey: string | undefined;
  for (const [i, kind] of [...new Set(kinds)].entries()) {
    const key = `list/${i}`;
    switch (kind) {
      case 'sender': {
        const name = universe.party();
        senderKey = key;
        sender = printedParty(universe, name);
        lists.push(
          makeList(universe, key, { label: universe.name('text').form, right: name, wrong: parties(universe, name), mayBeHeld: false }),
        );
        break;
      }
      case 'title': {
        const right = universe.phrase(1 + random.below(2));
        title = random.below(3) === 0 ? right.toUpperCase() : random.below(2) === 0 ? `${right} ${makeCode(random)}` : right;
        const wrong = Array.from({ length: 1 + random.below(3) }, () => universe.phrase(1 + random.below(2)));
        lists.push(makeList(universe, key, { label: universe.name('text').form, right, wrong, mayBeHeld: true }));
        break;
      }
      case 'mark': {
        if (universe.style.amount.mark === '') break;
        const wrong = Array.from({ length: 1 + random.below(4) }, () => coinMark(random)).filter((mark) => mark !== universe.mark);
        // Told by an amount, which the paper must have.
        const value = universe.value('amount');
        const named = universe.name('amount');
        entries.push({ label: named.printed, value: { text: value.printed, kind: 'amount', id: `m${i}` }, isReadable: false });
        lists.push(
          makeList(universe, key, { label: universe.name('text').form, right: universe.mark, wrong: [...new Set(wrong)], mayBeHeld: true }),
        );
        break;
      }
      case 'code':
      case 'word': {
        const named = universe.name(kind === 'code' ? 'code' : 'text');
        const make = (): string => (kind === 'code' ? makeCode(random) : universe.prose(1 + random.below(2)));
        const right = make();
        const wrong = Array.from({ length: 1 + random.below(4) }, () => (random.below(2) === 0 ? nearby(universe, right) : make())).filter(
          (each) => each !== right,
        );
        entries.push({
          label: named.printed,
          value: { text: right, id: `c${i}`, ...(kind === 'code' ? { kind } : {}) },
          isReadable: false,
        });
        lists.push(makeList(universe, key, { label: named.form, right, wrong: [...new Set(wrong)], mayBeHeld: true }));
      }
    }
  }
  return { lists: lists.map((list, i) => depend(universe, list, { i, senderKey })), entries, sender, title };
}

interface ListParts {
  readonly label: string;
  readonly right: string;
  readonly wrong: readonly string[];
  readonly mayBeHeld: boolean;
}

function makeList(universe: Universe, key: string, { label, right, wrong, mayBeHeld }: ListParts): ListItem {
  const { random } = universe;
  const options = random.below(2) === 0 ? [right, ...wrong].sort() : random.shuffle([right, ...wrong]);
  const none = random.below(3) === 0 ? universe.phrase(1).toLowerCase() : '';
  const isHeld = mayBeHeld && random.below(5) === 0;
  const first = random.pick(wrong.length > 0 ? wrong : ['']);
  const initial = isHeld ? right : random.below(2) === 0 ? first : none;
  return {
    kind: 'list',
    key,
    label,
    options: initial !== '' && !options.includes(initial) ? [initial, ...options] : options,
    initial,
    wanted: right,
  };
}

/** Sometimes what can be chosen comes only after the sender has been. */
function depend(
  { random, level }: Universe,
  list: ListItem,
  { i, senderKey }: { readonly i: number; readonly senderKey: string | undefined },
): ListItem {
  if (senderKey === undefined || list.key === senderKey || i === 0 || list.initial === list.wanted) return list;
  return random.uniform() < 0.5 * level ? { ...list, after: senderKey } : list;
}

/** Names that share a word with `name`, and others. */
function parties(universe: Universe, name: string): string[] {
  const { random, level } = universe;
  const words = name.split(' ');
  const alike = (): string => {
    const other = universe.prose(1);
    return words.length === 1
      ? `${name} ${other}`
      : words.map((word, i) => (i === 0 ? word : i === words.length - 1 ? other : word)).join(' ');
  };
  const count = 1 + random.below(2 + Math.round(5 * level));
  return [...new Set(Array.from({ length: count }, () => (random.below(5) < 2 ? alike() : universe.party())))].filter(
    (each) => each !== name,
  );
}

/** As papers print a name: in capitals, with a legal form, or plainly. */
function printedParty({ random, level }: Universe, name: string): string {
  const suffix = random.uniform() < 0.35 * level ? ` ${random.pick(['Kb', 'S.t.', 'Vq.', 'OJ', 'z.h.', 'Lt', 'e.Zk.'])}` : '';
  return (random.uniform() < 0.3 ? name.toUpperCase() : name) + suffix;
}

/** One letter or one digit otherwise. */
function nearby({ random }: Universe, text: string): string {
  const at = [...text].flatMap((character, i) => (/\d/u.test(character) ? [i] : []));
  if (at.length === 0) return `${text} ${1 + random.below(9)}`;
  const place = random.pick(at);
  const digit = (Number(text[place]) + 1 + random.below(9)) % 10;
  return `${text.slice(0, place)}${digit}${text.slice(place + 1)}`;
}
