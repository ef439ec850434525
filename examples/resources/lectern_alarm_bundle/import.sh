# <region>/<bundle name>: every alarm named "edu-prod/<service>/<target>/<alarm>/<severity>" or "edu-prod/extra/<name>/<severity>".
terraform import lectern_alarm_bundle.platform eu-central-1/edu-prod
