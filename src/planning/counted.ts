/** `1 pod`, `2 pods`: a number with what it is a number of. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
