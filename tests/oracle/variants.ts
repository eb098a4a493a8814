/** Variants of the recordings as targets: `coreml-mlprogram-v6-static` is `coreml-mlprogram@ort=1.30,ios=16,static=true`. */

const feature7 = 1_000_007

export function targetOf(variant: string, ort: string): string {
  const [, coreml, version = '', more = ''] = /^(coreml-[a-z]+)-v(\d)(.*)$/.exec(variant) ?? []
  if (coreml) {
    const flags = [more.includes('-static') ? ',static=true' : '', more.includes('-fp16') ? ',fp16=true' : '']
    return `${coreml}@ort=${ort},ios=${Number(version) + 10}${flags.join('')}`
  }
  const [, api, nchw] = /^nnapi-api(\d+)(-nchw)?$/.exec(variant) ?? []
  // Feature level 7 is that of Android 13 and later.
  if (api) return `nnapi@ort=${ort},api=${Number(api) === feature7 ? 33 : api}${nchw ? ',nchw=true' : ''}`
  return `xnnpack@ort=${ort}`
}
