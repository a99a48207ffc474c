/**
 * Breaks a text at its spaces into lines of at most `width` columns, indentation included. A word that is longer gets a line of its own,
 * uncut: a name must stay copyable.
 */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').filter(word => word !== '')) {
    const longer = line === '' ? indent + word : `${line} ${word}`
    if (line === '' || longer.length <= width) {
      line = longer
    } else {
      lines.push(line)
      line = indent + word
    }
  }
  return line === '' ? lines : [...lines, line]
}
