/**
 * The pairs that may be merged next, the most frequent first: a binary heap.
 *
 * @module
 */

/** A pair of tokens, and the words in which it was found. */
export interface PairEntry {
  readonly left: number;
  readonly right: number;
  /** When the entry was made or last corrected; the pair may have become rarer since. */
  count: number;
  readonly words: readonly number[];
}

/** A priority queue of pairs: by count, then by the smaller ids, then in the order of their arrival. */
export class MergeQueue {
  readonly #heap: (PairEntry & { readonly arrival: number })[] = [];
  #arrivals = 0;

  /** Adds an entry. */
  push(entry: PairEntry): void {
    const heap = this.#heap;
    const added = { ...entry, arrival: this.#arrivals++ };
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(added, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = added;
  }

  /** Removes the first entry; undefined where there is none. */
  pop(): PairEntry | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++;
      if (!before(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

type Arrived = PairEntry & { readonly arrival: number };

function before(a: Arrived, b: Arrived): boolean {
  if (a.count !== b.count) return a.count > b.count;
  if (a.left !== b.left) return a.left < b.left;
  if (a.right !== b.right) return a.right < b.right;
  return a.arrival < b.arrival;
}
