/** Reports beside `pretty` and `json`, in a bundle of their own that is loaded when one is asked for. */
export { stepSummary } from '../../report/github.ts'
export { render } from '../../report/render.ts'
