-- Pairs waiting conversations with free agents and holds a slot for each until SQL has decided.
--
-- Users are taken in the order of their score over all lanes of a tier; an agent is chosen by:
-- the user's last agent if free, then agents who speak the language and did not lose this
-- conversation last, then the least loaded, then the longest idle.
--
-- KEYS[1] free    ZSET  agent -> load * 1e13 + idle since (ms); only agents with a free slot
-- KEYS[2] agents  HASH  agent -> JSON {load, capacity, tier, skills, languages, idle_since, ticket}
-- KEYS[3] wishes  HASH  conversation -> JSON {language, avoid, last}
-- KEYS[4] held    ZSET  "conversation agent" -> end of the hold (ms)
-- KEYS[5] holds   HASH  agent -> slots held
-- KEYS[6] built   STRING there once the index was filled from SQL; nobody is paired from half an index
-- KEYS[7..] lanes ZSET  conversation -> score (queued at, ms, minus the boost of its priority)
-- ARGV[1] most pairs at a time   ARGV[2] length of a hold (ms)   ARGV[3..] the skill of each lane
-- Returns a list of {conversation, agent, skill, why}.

local FREE, AGENTS, WISHES, HELD, HOLDS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local SLOT, FIRST_LANE = 1e13, 7
if redis.call('EXISTS', KEYS[6]) == 0 then return {} end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function listed(list, one)
  for _, entry in ipairs(list) do
    if entry == one then return true end
  end
  return false
end

local function known(agent)
  local packed = redis.call('HGET', AGENTS, agent)
  return packed and cjson.decode(packed)
end

local function fits(agent, skill)
  return agent and (skill == '' or listed(agent.skills, skill))
end

-- 0 is best; the free agents come in the order of load and idleness, so the first 0 is taken
local function reluctance(name, agent, wish)
  local foreign = #agent.languages > 0 and wish.language and not listed(agent.languages, wish.language)
  return (foreign and 1 or 0) + (name == wish.avoid and 2 or 0)
end

local function choose(skill, wish)
  if wish.last and wish.last ~= wish.avoid and redis.call('ZSCORE', FREE, wish.last) then
    if fits(known(wish.last), skill) then return wish.last, 'last_agent' end
  end
  local best, least, from = nil, 4, 0
  while true do
    local names = redis.call('ZRANGE', FREE, from, from + 63)
    for _, name in ipairs(names) do
      local agent = known(name)
      if fits(agent, skill) then
        local cost = reluctance(name, agent, wish)
        if cost == 0 then return name, 'least_loaded' end
        if cost < least then best, least = name, cost end
      end
    end
    if #names < 64 then break end
    from = from + 64
  end
  local why = least == 1 and 'other_language' or 'only_agent'
  return best, why
end

local function hold(conversation, name)
  local agent = known(name)
  -- the same pair held twice is released once
  local added = redis.call('ZADD', HELD, now + ARGV[2], conversation .. ' ' .. name)
  local held = redis.call('HINCRBY', HOLDS, name, added)
  if agent.load + held >= agent.capacity then
    redis.call('ZREM', FREE, name)
  else
    redis.call('ZADD', FREE, (agent.load + held) * SLOT + agent.idle_since, name)
  end
end

-- the first of each lane, to be taken in the order of their scores
local cursors = {}
local function look(lane)
  local first = redis.call('ZRANGE', KEYS[FIRST_LANE - 1 + lane], 0, 0, 'WITHSCORES')
  cursors[lane] = first[1] and {conversation = first[1], score = tonumber(first[2])} or nil
end
local lanes = #KEYS - FIRST_LANE + 1
for lane = 1, lanes do look(lane) end

local pairs_made = {}
while #pairs_made < tonumber(ARGV[1]) and redis.call('ZCARD', FREE) > 0 do
  local soonest
  for lane = 1, lanes do
    local head = cursors[lane]
    if head and (not soonest or head.score < cursors[soonest].score) then soonest = lane end
  end
  if not soonest then break end
  local conversation = cursors[soonest].conversation
  local skill = ARGV[2 + soonest]
  local packed = redis.call('HGET', WISHES, conversation)
  local agent, why = choose(skill, packed and cjson.decode(packed) or {})
  if agent then
    redis.call('ZREM', KEYS[FIRST_LANE - 1 + soonest], conversation)
    redis.call('HDEL', WISHES, conversation)
    hold(conversation, agent)
    pairs_made[#pairs_made + 1] = {conversation, agent, skill, why}
    look(soonest)
  else
    cursors[soonest] = nil
  end
end
return pairs_made
