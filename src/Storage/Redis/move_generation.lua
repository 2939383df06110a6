-- Serves generation ARGV[1] unless a later flip, one with a greater fencing token than ARGV[2], is served already. A writer that was
-- delayed on its way here therefore changes nothing. The same token is the same flip: setting it again repairs what was lost.
local held = tonumber(redis.call('GET', KEYS[2]) or '-1')
if tonumber(ARGV[2]) < held then
  return held
end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2])
return -1
