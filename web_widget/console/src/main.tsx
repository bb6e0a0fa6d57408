import "@chatserver/shared/ui/base.css";
import "./styles/index.css";
import { render } from "preact";
import { App } from "./app.tsx";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
