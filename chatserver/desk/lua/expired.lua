-- Finds the slots that were held for a decision which never came.
--
-- KEYS[1] held    ZSET  "conversation agent" -> end of the hold (ms)
-- Returns a list of "conversation agent". The clock is that of Redis, which set the ends.

local clock = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', clock[1] * 1000 + math.floor(clock[2] / 1000))
