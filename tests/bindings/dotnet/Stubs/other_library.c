int not_marshealth;
