import { render } from "preact";
import "@chatserver/shared/ui/base.css";

const root = document.getElementById("app");
if (root !== null) render(<main />, root);
