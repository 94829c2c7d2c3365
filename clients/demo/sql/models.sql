-- What the clients first made did, set aside before the tables grow. Nothing goes in.

CREATE TEMP TABLE model_asset AS SELECT * FROM clients_assetsnapshot;
CREATE TEMP TABLE model_trade AS SELECT * FROM clients_trade;
CREATE TEMP TABLE model_flow AS SELECT * FROM clients_cashflow;
CREATE TEMP TABLE model_assessment AS SELECT * FROM clients_riskassessment;
ANALYZE model_asset, model_trade, model_flow, model_assessment;
