import { frameWay, PageHost, TalkingHost, type Host } from "./host.ts";

/** How long a web view that promised a port (`/widget?bridge=port`) may take to send it. */
const PORT_TIMEOUT_MS = 3_000;

/** The host this page finds itself in; the loader names its page's origin in the address. */
export async function findHost(): Promise<Host> {
  const asked = new URLSearchParams(location.search);
  const origin = asked.get("host");
  if (window.parent !== window && origin !== null) return new TalkingHost(frameWay(origin), true);
  const { nativeWay, portWay } = await import("./native.ts");
  const native = nativeWay();
  if (native !== null) return new TalkingHost(native, false);
  if (asked.get("bridge") !== "port") return new PageHost();
  const timeout = new Promise<null>((resolve) => setTimeout(() => resolve(null), PORT_TIMEOUT_MS));
  const port = await Promise.race([portWay(), timeout]);
  return port === null ? new PageHost() : new TalkingHost(port, false);
}
