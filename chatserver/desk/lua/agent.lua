-- Sets what is known of an agent from SQL, and frees a slot that was held for a decision.
--
-- An older reading of SQL (a lower ticket) never overwrites a newer one.
--
-- KEYS[1] free    ZSET  agent -> load * 1e13 + idle since (ms), of the agent's tier
-- KEYS[2] other   ZSET  the same of the other tier, in case the agent changed tiers
-- KEYS[3] agents  HASH  agent -> JSON {load, capacity, tier, skills, languages, idle_since, ticket}
-- KEYS[4] held    ZSET  "conversation agent" -> end of the hold (ms)
-- KEYS[5] holds   HASH  agent -> slots held
-- ARGV[1] agent   ARGV[2] its JSON, with `routable`   ARGV[3] conversation whose hold ends, or ''
-- Returns 1 if the reading was applied, else 0.

local FREE, OTHER, AGENTS, HELD, HOLDS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local SLOT = 1e13
local name, fresh = ARGV[1], cjson.decode(ARGV[2])

if ARGV[3] ~= '' and redis.call('ZREM', HELD, ARGV[3] .. ' ' .. name) == 1 then
  if redis.call('HINCRBY', HOLDS, name, -1) <= 0 then redis.call('HDEL', HOLDS, name) end
end

local packed = redis.call('HGET', AGENTS, name)
local applied = 0
if not packed or cjson.decode(packed).ticket <= fresh.ticket then
  redis.call('HSET', AGENTS, name, ARGV[2])
  applied = 1
else
  fresh = cjson.decode(packed)
end

redis.call('ZREM', OTHER, name)
local load = fresh.load + tonumber(redis.call('HGET', HOLDS, name) or '0')
if fresh.routable and load < fresh.capacity then
  redis.call('ZADD', FREE, load * SLOT + fresh.idle_since, name)
else
  redis.call('ZREM', FREE, name)
end
return applied
