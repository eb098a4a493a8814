/**
 * Loaded with `node --import`: prints the peak of the process's resident memory when it ends. On Linux from
 * /proc, because the maximum that getrusage gives there includes the parent's before the program was started.
 */
import { readFileSync, writeSync } from 'node:fs'

process.on('exit', () => {
  const kilobytes =
    process.platform === 'linux'
      ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
      : process.resourceUsage().maxRSS
  writeSync(2, `peak-megabytes ${Math.round(kilobytes / 1024)}\n`)
})
