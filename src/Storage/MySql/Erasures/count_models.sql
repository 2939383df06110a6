UPDATE erasure
   SET models = (SELECT COUNT(*) FROM model_erasure WHERE model_erasure.erasure_id = @erasure)
 WHERE erasure_id = @erasure;
