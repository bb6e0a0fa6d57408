import { render } from "preact";
import "@chatserver/shared/ui/base.css";
import "./widget.css";
import { App } from "./app.tsx";
import { findHost } from "./host.ts";
import { Session } from "./session.ts";

const root = document.getElementById("app");
if (root !== null) {
  const session = new Session(findHost());
  render(<App session={session} />, root);
  session.start();
}
