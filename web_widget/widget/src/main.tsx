import { render } from "preact";
import "@chatserver/shared/ui/ground.css";
import "@chatserver/shared/ui/controls.css";
import "@chatserver/shared/ui/marks.css";
import "@chatserver/shared/ui/composer.css";
import "./styles/first.css";
import { App } from "./app.tsx";
import { findHost } from "./find_host.ts";
import { fitKeyboard } from "./keyboard.ts";
import { Session } from "./session.ts";

const root = document.getElementById("app");
if (root !== null) {
  void findHost().then((host) => {
    const session = new Session(host);
    render(<App session={session} />, root);
    session.start();
  });
  if (window.parent === window) fitKeyboard(document.documentElement);
}
