/** Outputs whose shape the tests call static and inference leaves open, each with the reason. */
export const expectedUnknown: ReadonlyMap<string, string> = new Map([])
