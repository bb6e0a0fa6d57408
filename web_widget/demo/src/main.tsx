import { render } from "preact";
import "@chatserver/shared/ui/base.css";
import "./demo.css";
import { Wallet } from "./wallet.tsx";

const root = document.getElementById("app");
if (root !== null) render(<Wallet />, root);
