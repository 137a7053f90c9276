/**
 * Places for labels beside the ends of curves, so that none covers another.
 *
 * @module
 */

/** Pixels from label to label. */
export const labelHeight = 14;

/** Pixels that the longest of some labels needs beside a frame, 10 of them before it. */
export function labelWidth(labels: readonly string[], fontSize: number): number {
  // The widest system fonts need 0.66 of their size for a bold letter or digit.
  return 14 + Math.ceil(0.66 * fontSize * Math.max(0, ...labels.map((label) => label.length)));
}

/**
 * Heights at least one label apart and inside the frame, as near as they can be to those wanted, which are
 * ascending.
 */
export function apart(wanted: readonly number[], top: number, bottom: number): number[] {
  const gap = Math.min(labelHeight, (bottom - top) / Math.max(1, wanted.length - 1));
  // A cluster of touching labels is centred at the mean of the heights wanted for its members.
  const clusters: { members: number[]; center: number }[] = [];
  const place = (members: readonly number[]): number => {
    const half = ((members.length - 1) * gap) / 2;
    const center = members.reduce((sum, value) => sum + value, 0) / members.length;
    return Math.min(bottom - half, Math.max(top + half, center));
  };
  for (const value of wanted) {
    let members = [value];
    let center = place(members);
    for (;;) {
      const above = clusters[clusters.length - 1];
      const reach = above && above.center + ((above.members.length + members.length) / 2) * gap;
      if (!above || reach === undefined || center >= reach - 1e-9) break;
      clusters.pop();
      members = [...above.members, ...members];
      center = place(members);
    }
    clusters.push({ members, center });
  }
  return clusters.flatMap(({ members, center }) =>
    members.map((_, i) => center + (i - (members.length - 1) / 2) * gap),
  );
}
