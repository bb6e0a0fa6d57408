-- Draws a number that is higher than every one drawn before, also by a Redis that has been emptied since.
--
-- KEYS[1] ticket  STRING the last number drawn
-- Returns the next number: microseconds since 1970, or one more than the last if the clock has not moved on.

local clock = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local drawn = math.max(clock[1] * 1000000 + clock[2], last + 1)
redis.call('SET', KEYS[1], string.format('%.0f', drawn))
return drawn
