import type { CreatedTask, TaskView } from './api-client.ts'

const BAR_CELLS = 30

const count = (value: number): string => value.toLocaleString('en-US')
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${count(Math.abs(value))}`

/** `96 credits (6 s × 16) for 5.3s of video · 99,904 left` */
export const renderPrice = ({ input, creditsUsed, creditsRemaining }: CreatedTask): string =>
  `${count(creditsUsed)} credits (${input.billed_seconds} s × ${input.credits_per_second}) for ${input.detected_duration} of video · ${count(creditsRemaining)} left`

/** `███████░░░  23 % upscaling · 0:41 left` */
export function renderProgress({ progress, stage, eta_seconds: eta }: TaskView): string {
  const full = Math.round(progress * BAR_CELLS)
  const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full)
  const percent = `${Math.floor(progress * 100)} %`.padStart(5)
  return `${bar} ${percent} ${stage}${eta === null ? '' : ` · ${clockOf(eta)} left`}`
}

const clockOf = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

/** `640×360, 0.55 MB → 1280×720, 1.92 MB (h264)` */
export function renderSizes({ source, output }: TaskView): string {
  const before = source ? `${sideText(source)} → ` : ''
  return output ? `${before}${sideText(output)} (${output.codec})` : before
}

const sideText = ({ width, height, bytes }: { width: number; height: number; bytes: number }) =>
  `${width}×${height}, ${(bytes / 1e6).toFixed(2)} MB`

/** `debit −96 (txn_…) · net 96 credits` */
export function renderReceipt({ cost }: TaskView): string {
  const lines = cost.transactions.map(({ id, type, amount }) => `${type} ${signed(amount)} (${id})`)
  return [...lines, `net ${count(cost.net_credits)} credits`].join(' · ')
}
