import type { Response } from 'express'

const READING = "default-src 'none'; style-src 'self'; img-src data:"
const VIEWING =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
const ALONE = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Sends a page of ours; only the viewer runs scripts, and nothing is loaded from elsewhere. */
export function sendPage(res: Response, html: string, isViewer = false): void {
  res.setHeader('Content-Security-Policy', `${isViewer ? VIEWING : READING}; ${ALONE}`)
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  sendText(res, html, 'text/html')
}

export function sendText(res: Response, text: string, type: string): void {
  res.setHeader('Cache-Control', 'public, max-age=300')
  res.setHeader('Content-Type', `${type}; charset=utf-8`)
  res.end(text)
}
