module bookmarket/tools/tiers

go 1.26.0
