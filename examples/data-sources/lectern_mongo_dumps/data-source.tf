# The dumps of a lectern_mongo_dump_schedule that runs every six hours.
data "lectern_mongo_dumps" "main" {
  bucket  = "edu-prod-mongo-dumps"
  prefix  = "mongo"
  cluster = "main"
  limit   = 28
}

output "latest_dump" {
  description = "What mongo-restore --from takes; null while there is no complete dump."
  value       = try(data.lectern_mongo_dumps.main.latest.uri, null)
}

# Every plan and apply shows a warning if the newest complete dump is older than seven hours, or if there is none.
check "dumps_are_recent" {
  assert {
    condition     = try(data.lectern_mongo_dumps.main.age_seconds < 7 * 3600, false)
    error_message = "No complete dump of the last seven hours."
  }
}
