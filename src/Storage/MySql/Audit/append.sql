INSERT INTO audit_entry (sequence_no, happened_at, actor, address, action, subject, was, became, mac)
VALUES (@sequence, @at, @actor, @address, @action, @subject, @was, @became, @mac);
UPDATE audit_head SET sequence_no = @sequence, mac = @mac WHERE chain = 1;
