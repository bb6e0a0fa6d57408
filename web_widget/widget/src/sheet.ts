/** Sheets with their styles, which come with the first of them. */
import "@chatserver/shared/ui/fields.css";
import "@chatserver/shared/ui/overlays.css";
import "./styles/sheets.css";

export { Sheet, Switch, TextField } from "@chatserver/shared/ui";
