// What filters say of a node, as a number; other numbers are 1 + the place in FILTER_PLUGINS of the first to refuse.

export const PASSES = 0
/** The slot holds no node, or one that could not be read in full and therefore takes no landing. */
export const UNREADABLE = 255
