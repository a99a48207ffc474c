/** A record that whoever makes it still changes; others get to see it as it is declared. */
export type Writable<T> = { -readonly [Field in keyof T]: T[Field] }
