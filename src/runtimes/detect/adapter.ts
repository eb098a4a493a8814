/** A GPU adapter of WebGPU, as far as it matters here: its name, and whether it is a GPU at all. */
import type { Adapter } from '../runtime.ts'

/** The part of GPUAdapter that is read. */
export interface AdapterInfo {
  readonly info: {
    readonly vendor: string
    readonly architecture: string
    readonly device: string
    readonly description: string
    readonly isFallbackAdapter?: boolean
  }
  readonly features: { has(name: string): boolean }
}

/** SwiftShader (Chromium), llvmpipe and lavapipe (Mesa), WARP, whose device is called so (Windows). */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|basic render/i

export function adapterOf({ info, features }: AdapterInfo): Adapter {
  const { vendor, architecture, device, description, isFallbackAdapter = false } = info
  const names = [vendor, architecture, device, description].join(' ')
  return {
    name: description || [vendor, architecture].filter(Boolean).join(' ') || null,
    software: isFallbackAdapter || softwareNames.test(names),
    float16: features.has('shader-f16'),
  }
}
