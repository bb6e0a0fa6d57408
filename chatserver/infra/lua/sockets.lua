-- Keeps the sockets of an identity over all processes, and says which are too many: the oldest.
--
-- A socket is PROCESS|CONNECTION. One of a process that is not among the live ones and has been here for more than a
-- minute (a new process is not known to all at once) counts no more.
--
-- KEYS[1] sockets   ZSET  socket -> when it came (ms and parts of it, of Redis' clock)
-- ARGV[1] the most sockets   ARGV[2] milliseconds that the key is kept
-- ARGV[3] JSON {live: [process], gone: [socket], here: [[socket, milliseconds since it came]]}
-- Returns the sockets that must close.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local told = cjson.decode(ARGV[3])
for _, socket in ipairs(told.gone) do
  redis.call('ZREM', KEYS[1], socket)
end
for _, one in ipairs(told.here) do
  redis.call('ZADD', KEYS[1], 'NX', now - one[2], one[1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local most = tonumber(ARGV[1])
if redis.call('ZCARD', KEYS[1]) <= most then
  return {}
end
local lives = {}
for _, process in ipairs(told.live) do
  lives[process] = true
end
for _, socket in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - 60000)) do
  if not lives[string.match(socket, '^[^|]*')] then
    redis.call('ZREM', KEYS[1], socket)
  end
end
local extra = redis.call('ZCARD', KEYS[1]) - most
if extra <= 0 then
  return {}
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, extra - 1)
redis.call('ZREM', KEYS[1], unpack(oldest))
return oldest
