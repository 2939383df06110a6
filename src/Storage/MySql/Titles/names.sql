SELECT content_id, name_ko, name_en FROM title WHERE content_id IN @ids;
