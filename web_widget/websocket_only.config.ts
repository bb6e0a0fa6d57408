import type { Plugin } from "vite";

const TRANSPORTS = "engine.io-client/build/esm/transports/";

/**
 * Leaves long polling and WebTransport out of the socket client: the server speaks WebSocket only,
 * and they are a fifth of the library.
 */
export function websocketOnly(): Plugin {
  return {
    name: "websocket-only",
    transform(code, id) {
      const [, file] = id.replaceAll("\\", "/").split(TRANSPORTS);
      if (file === undefined) return null;
      if (file !== "index.js") return { code, moduleSideEffects: false };
      return 'import { WS } from "./websocket.js";\nexport const transports = { websocket: WS };\n';
    },
  };
}
