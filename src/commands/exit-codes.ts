/** Exit code with --exit-code while the skew of some constraint is above its maxSkew. */
export const SKEW_REMAINS = 3
