/** How a table is to be laid out. */
export interface TableOptions {
  /** Characters a line may have. */
  readonly width: number
  /** Every column and message, whatever the width. */
  readonly wide: boolean
  readonly headers: boolean
}
