// The main job through the stock JavaScript client: node stock_client.mjs ADDRESS USER_TOKEN TIER_1_TOKEN TIER_2_TOKEN
import { createRequire } from "node:module";

const { io } = createRequire(process.env.CLIENT_FROM)("socket.io-client");
const [address, userToken, zhouToken, chenToken] = process.argv.slice(2);
const SOON_MS = 5000;

function connect(auth) {
  const socket = io(address, { transports: ["websocket"], auth, forceNew: true });
  const heard = [];
  let news = () => {};
  socket.onAny((event, body) => {
    heard.push([event, body]);
    news();
  });
  const hear = async (event) => {
    for (;;) {
      const at = heard.findIndex(([name]) => name === event);
      if (at >= 0) return heard.splice(at, 1)[0][1];
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no ${event}`)), SOON_MS);
        news = () => (clearTimeout(late), resolve());
      });
    }
  };
  const call = async (command, body) => {
    const reply = await socket.timeout(SOON_MS).emitWithAck(command, body);
    if (!reply.ok) throw new Error(`${command}: ${JSON.stringify(reply.error)}`);
    return reply.result;
  };
  return { socket, hear, call };
}

const expect = (what, found, wanted) => {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${what}: ${JSON.stringify(found)}`);
};

const lin = connect({ as: "user", token: userToken });
const zhou = connect({ as: "agent", token: zhouToken });
const chen = connect({ as: "agent", token: chenToken });
for (const one of [lin, zhou, chen]) expect("protocol", (await one.hear("welcome")).protocol, 1);

const started = await lin.call("start_conversation", { key: "k1", text: "我的钱不见了", want_agent: true });
const conversation = started.conversation.id;
await zhou.call("set_presence", { status: "available" });
expect("assigned", (await zhou.hear("agent_assigned")).conversation, conversation);
await lin.hear("agent_assigned");
await zhou.call("send_message", { conversation, key: "k1", text: "您好 👋" });
expect("own message", (await lin.hear("message_posted")).text, "我的钱不见了");
expect("answer", (await lin.hear("message_posted")).text, "您好 👋");
await zhou.call("hand_off", { conversation, to_tier: 2, reason: "logs", note: "look at the chain" });
expect("handed off", (await lin.hear("handed_off")).to_tier, 2);
await chen.call("set_presence", { status: "available" });
expect("tier", (await chen.hear("agent_assigned")).agent.tier, 2);
const page = await chen.call("sync", { conversation, after: 0 });
expect("history", page.events.map((event) => event.seq), [1, 2, 3, 4, 5, 6, 7]);
const notes = await chen.call("sync", { conversation, thread: "internal", after: 0 });
expect("note", notes.events.map((event) => event.text), ["look at the chain"]);
await chen.call("send_message", { conversation, key: "k1", text: "已处理" });
expect("tier 2", (await lin.hear("message_posted")).text, "已处理");
await chen.call("close_conversation", { conversation, disposition: "solved" });
expect("closed", (await lin.hear("conversation_closed")).disposition, "solved");
expect("rated", await lin.call("rate_conversation", { conversation, score: 5, solved: true }), {});
for (const one of [lin, zhou, chen]) one.socket.disconnect();
process.stdout.write("done\n");
