-- Takes what an identity has spent in one process from the bucket that it has over all of them.
--
-- The bucket may be overdrawn, since what is reported has been done; by no more than it holds.
--
-- KEYS[1] pace    HASH  tokens, at (s, of Redis' clock)
-- ARGV[1] tokens a second   ARGV[2] most tokens   ARGV[3] tokens spent
-- Returns the milliseconds until the bucket is not overdrawn any more, 0 if it is not.

local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1e6
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1] or burst), tonumber(kept[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * rate) - tonumber(ARGV[3])
tokens = math.max(tokens, -burst)
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(2 * burst / rate * 1000))
return math.max(0, math.ceil(-tokens / rate * 1000))
