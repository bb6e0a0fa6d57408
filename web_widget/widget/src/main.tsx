import { render } from "preact";
import "@chatserver/shared/ui/ground.css";
import "@chatserver/shared/ui/controls.css";
import "@chatserver/shared/ui/marks.css";
import "@chatserver/shared/ui/composer.css";
import "./styles/first.css";
import { App } from "./app.tsx";
import { findHost } from "./find_host.ts";
import { Session } from "./session.ts";

const root = document.getElementById("app");
if (root !== null) {
  void findHost().then((host) => {
    const session = new Session(host);
    render(<App session={session} />, root);
    session.start();
  });
  // In a frame the page around it makes room.
  if (window.parent === window) void import("./keyboard.ts").then(({ fitKeyboard }) => fitKeyboard(document.documentElement));
}
