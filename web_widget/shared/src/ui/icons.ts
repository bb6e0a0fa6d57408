/**
 * Line drawings on a square of 24: `import { send } from "@chatserver/shared/ui/icons"`, then `<Icon path={send} />`.
 * They are kept by where they are shown, since a page that is loaded in parts carries a module with the first part that
 * needs any of it.
 */
export * from "./icons_files.ts";
export * from "./icons_first.ts";
export * from "./icons_more.ts";
export * from "./icons_talk.ts";
