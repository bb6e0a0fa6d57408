/** What the records say in English. */
export const en = {
  "records.label": "Records",
  "page.audit": "Audit log",
  "lead.audit": "Who of the staff looked, acted or was refused. Every row is chained to the one before; nobody can change or drop one unseen.",
  "audit.actor": "Who",
  "audit.action": "What",
  "audit.object": "To what",
  "audit.outcome": "Outcome",
  "audit.any": "Any",
  "audit.done": "Done",
  "audit.refused": "Refused: {code}",
  "audit.reason": "Reason",
  "audit.from": "From",
  "audit.until": "Until",
  "audit.more": "Show more",
  "audit.none": "No row fits.",
  "audit.failed": "The log couldn’t be loaded.",
  "audit.row": "Row {number}",
  "audit.address": "Address",
  "audit.session": "Session",
  "audit.head": "The chain ends at row {number}",
  "audit.export": "Download as JSON lines",
  "audit.exporting": "Downloading…",
} as const;

export type RecordsKey = keyof typeof en;
