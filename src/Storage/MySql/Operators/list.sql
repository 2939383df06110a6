SELECT operator.operator_id, operator.name, operator.role, operator.password_hash IS NOT NULL AS enrolled, operator.created_at, operator.disabled_at,
       (SELECT MAX(created_at) FROM operator_session WHERE operator_session.operator_id = operator.operator_id) AS last_sign_in_at,
       (SELECT COUNT(*) FROM operator_recovery_code WHERE operator_recovery_code.operator_id = operator.operator_id AND used_at IS NULL) AS recovery_codes
  FROM operator
 ORDER BY operator.name;
