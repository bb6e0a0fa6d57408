// The peer to measure against: stock Socket.IO for Node, messages kept by better-sqlite3 in grouped commits.
// It does the measured job and nothing else: no checks, no limits, no deduplication, no encryption, one process.
import { createServer } from "node:http";
import Database from "better-sqlite3";
import { Server } from "socket.io";

const [, , port, file] = process.argv;
const database = new Database(file);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec("CREATE TABLE messages (conversation TEXT, seq INTEGER, key TEXT, at INTEGER, text TEXT, PRIMARY KEY (conversation, seq)) WITHOUT ROWID");
const insert = database.prepare("INSERT INTO messages VALUES (?, ?, ?, ?, ?)");
const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
const agents = [];
const heads = new Map();
let batch = [];
let turn = 0;

function flush() {
  const now = batch;
  batch = [];
  begin.run();
  for (const one of now) insert.run(one.event.conversation, one.event.seq, one.key, one.event.at, one.event.text);
  commit.run();
  for (const { socket, event, ack } of now) {
    socket.to(event.conversation).emit("message_posted", event);
    ack({ ok: true, result: { id: event.id, seq: event.seq, at: event.at, duplicate: false } });
  }
}

io.on("connection", (socket) => {
  const { as } = socket.handshake.auth;
  socket.emit("welcome", { session: { role: as, subject: socket.id } });
  if (as === "agent") agents.push(socket);
  socket.on("start_conversation", (body, ack) => {
    const conversation = `c_${socket.id}`;
    const agent = agents[turn++ % agents.length];
    socket.join(conversation);
    agent.join(conversation);
    heads.set(conversation, 0);
    ack({ ok: true, result: { conversation: { id: conversation, status: "active" } } });
    io.to(conversation).emit("agent_assigned", { conversation, agent: { id: agent.id } });
  });
  socket.on("set_presence", (body, ack) => ack({ ok: true, result: {} }));
  socket.on("send_message", (body, ack) => {
    const { conversation, key, text } = body;
    const seq = heads.get(conversation) + 1;
    heads.set(conversation, seq);
    const event = { id: `${conversation}-${seq}`, conversation, thread: "public", seq, at: Date.now(), by: { role: as, id: socket.id, name: "" }, text };
    if (batch.length === 0) setImmediate(flush);
    batch.push({ socket, key, event, ack });
  });
});
http.listen(Number(port), "127.0.0.1", () => console.log("ready"));
